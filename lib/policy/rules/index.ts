/** All rules over manifests, in the order in which they are asked. */
import type { Rule } from '../rule';
import { noLostValues } from './no-lost-values';
import { uniqueIdentity } from './unique-identity';

export const POLICY_RULES: readonly Rule[] = [noLostValues, uniqueIdentity];
