/** What Azure accepts as the id of a thing, and names that it lets nobody else have. */

const SUBSCRIPTION = '/subscriptions/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Whether the text is the resource id of a type such as 'Microsoft.Compute/capacityReservationGroups'. */
export function isAzureResourceId(text: unknown, type: string): boolean {
  const [provider = '', ...types] = type.split('/');
  const path = types.map((part) => `/${part}/[^/]+`).join('');
  return (
    typeof text === 'string' &&
    new RegExp(`^${SUBSCRIPTION}/resourceGroups/[^/]+/providers/${provider.replace('.', '\\.')}${path}$`, 'i').test(
      text,
    )
  );
}

/** How such an id looks, for messages. */
export function azureResourceIdForm(type: string): string {
  const [provider = '', ...types] = type.split('/');
  return `/subscriptions/<id>/resourceGroups/<name>/providers/${provider}${types.map((part) => `/${part}/<name>`).join('')}`;
}

/** Whether the text can name a storage account: no two of the world have one name. */
export function isStorageAccountName(text: unknown): boolean {
  return typeof text === 'string' && /^[a-z0-9]{3,24}$/.test(text);
}
