/** A right of an identity on a resource. */
import { RoleAssignment } from '@pulumi/azure-native/authorization';
import { type Input, output, type Resource } from '@pulumi/pulumi';

/** What is given to whom, on what. */
export interface RoleProps {
  /** Id of a role definition, the same in every tenant. */
  readonly role: string;
  /** Object id of a managed identity. */
  readonly principalId: Input<string>;
  /** Resource id. */
  readonly scope: Input<string>;
}

/** Assigns a role; Azure is told that the principal is new, or it would look for it too early. */
export function assignRole(name: string, { role, principalId, scope }: RoleProps, parent: Resource): RoleAssignment {
  const subscription = output(scope).apply((id) => id.split('/').slice(0, 3).join('/'));
  const roleDefinitionId = subscription.apply(
    (id) => `${id}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  );
  return new RoleAssignment(
    name,
    { principalId, principalType: 'ServicePrincipal', roleDefinitionId, scope },
    // An assignment cannot be changed, and a second one of the same role on the same scope is refused.
    { parent, deleteBeforeReplace: true },
  );
}
