/** The branches of a conversation as plain data: what the store has to come to, whatever was done to it. */
interface Node { readonly id: string; readonly parent: string; readonly role: 'user' | 'assistant' }

export class BranchModel {
  readonly nodes: Node[] = [];
  /** Of those that follow a message, the one that was shown last. */
  private readonly shown = new Map<string, string>();

  add(node: Node): void {
    this.nodes.push(node);
    this.shown.set(node.parent, node.id);
  }

  choose(id: string): void {
    for (let node = this.node(id); node; node = this.node(node.parent)) this.shown.set(node.parent, node.id);
  }

  path(): string[] {
    const path: string[] = [];
    for (let id = this.shown.get(''); id !== undefined; id = this.shown.get(id)) path.push(id);
    return path;
  }

  node(id: string): Node | undefined { return this.nodes.find((node) => node.id === id); }
  siblings(id: string): string[] { const parent = this.node(id)?.parent; return this.nodes.filter((node) => node.parent === parent).map((node) => node.id); }
}
