/** Text that has broken Markdown viewers before. Each must leave the page with nothing but words, and no address that leads anywhere. */
export const HOSTILE: readonly string[] = [
  '[a](javascript:alert(1))', '[a](JaVaScRiPt:alert(1))', '[a](java\tscript:alert(1))', '[a](java&#10;script:alert(1))', '[a](&#106;avascript:alert(1))',
  '[a](\u0001javascript:alert(1))', '[a](javascript&colon;alert(1))', '[a](<javascript:alert(1)>)', '[a]( javascript:alert(1))', '[a](javascript://%0aalert(1))',
  '[a](vbscript:msgbox(1))', '[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)', '[a](data:text/html,<script>alert(1)</script>)',
  '[a](blob:https://example.com/1)', '[a](file:///etc/passwd)', '[a](http://example.com)', '[a](//evil.example/x)', '[a](/settings/keys)', '[a](#root)', '[a](troupe://install/x)',
  '[a](app://ui/x)', '[a](https:evil.example)', '[a](https:/evil.example)', '[a](https://user:pass@evil.example)', '[a](https://bank.example@evil.example)', '[a](https://)',
  '[a](https://exa\u202emple.com)', '[a](https://example.com/%E2%80%AEgpj.exe)', '[a](https://exam\u00adple.com)', '[a](mailto:)', '[a](mailto:a@b.example,c)', '[a](mailto:x%0aBcc:y@z.example)',
  '[a](feed:javascript:alert(1))', '[a](view-source:https://x.example)', '[a](ms-msdt:/id)', '[a](steam://run/1)',
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '<svg><script>alert(1)</script></svg>', '<iframe src="javascript:alert(1)"></iframe>',
  '<a href="javascript:alert(1)">a</a>', '<math><mtext><script>alert(1)</script></mtext></math>', '<style>*{background:url(https://evil.example)}</style>', '<base href="https://evil.example">',
  '<form action="https://evil.example"><button>Allow once</button></form>', '<input autofocus onfocus=alert(1)>', '<details open ontoggle=alert(1)>', '<object data="data:text/html,x">', '<embed src=x>', '<link rel=stylesheet href=//evil.example>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">', '<video src=x onerror=alert(1)>', '<p style="position:fixed;inset:0">x</p>', '<div id="root">x</div>', '<!-- <img src=x onerror=alert(1)> -->',
  '![x](https://evil.example/track.png)', '![x](data:image/svg+xml,<svg onload=alert(1)>)', '![x](javascript:alert(1))', '[![x](https://evil.example/a.png)](javascript:alert(1))', '![![x](javascript:a)](https://evil.example)',
  '![x][i]\n\n[i]: javascript:alert(1)', '[x][i]\n\n[i]: data:text/html,1', '[x]: javascript:alert(1)\n\n[x]', '<javascript:alert(1)>', '<data:text/html,x>',
  'javascript:alert(1)', 'http://evil.example', 'www.evil.example', '`<img src=x onerror=alert(1)>`', '```html\n<script>alert(1)</script>\n```', '~~~"><img src=x onerror=alert(1)>\nx\n~~~', '```"onmouseover="alert(1)\nx\n```',
  '| <script>alert(1)</script> |\n|-|\n| [a](javascript:alert(1)) |', '- [ ] <img src=x onerror=alert(1)>', 'a[^1]\n\n[^1]: [b](javascript:alert(1)) <script>alert(1)</script>', '# <img src=x onerror=alert(1)>',
  '[a](https://example.com "onmouseover=alert(1)")', '[\u202eelpmaxe](javascript:alert(1))', '&lt;script&gt;alert(1)&lt;/script&gt;', '\u0000<script>alert(1)</script>', '<scr\u0000ipt>alert(1)</script>', '{{constructor.constructor("alert(1)")()}}',
];
