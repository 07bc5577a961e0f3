import { useQuery } from '@tanstack/react-query';
import { useBridge } from './bridge-provider.tsx';

/** Private bytes have no address: an image crosses the link and becomes a `blob:` URL, kept while the page lives. */
export function useImage(sha512: string | undefined, as: 'icon' | 'screenshot' = 'icon'): string | undefined {
  const { client } = useBridge();
  const image = useQuery({
    queryKey: ['image', sha512, as],
    enabled: sha512 !== undefined,
    gcTime: Infinity,
    queryFn: async ({ signal }) => {
      const { type, base64 } = await client.call.catalog.image({ sha512: sha512 ?? '', as }, { signal });
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      return URL.createObjectURL(new Blob([bytes], { type }));
    },
  });
  return image.data;
}
