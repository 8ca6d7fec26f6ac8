/** The simulator: a service under traffic, with the policy that its manifests give it. */
export type { ReplicaSeconds, SimulatedPool, StartTimes } from './cluster';
export { judge, type Verdict } from './judge';
export { type LoadTest, loadTest } from './load-test';
export type { FallbackBehaviour, Foresight, Signal, SimulatedPolicy, SimulatedTrigger } from './policy';
export { type ManifestSelection, policyOf } from './policy-of-manifests';
export type { RequestLedger } from './replica';
export { SERVER_PROFILES, type ServerProfile, type ServerProfileName } from './server-profile';
export {
  type Faults,
  type RequestStream,
  type SimulationInput,
  type SimulationRun,
  simulate,
  type TimelinePoint,
} from './simulate';
