/** Network flows as a team declares them; lib/kube makes policies of them. */

/** Pods of a namespace that may call or be called. */
export interface PodPeer {
  /** Name of the namespace. */
  readonly namespace: string;
  /** @default every pod of the namespace */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/** A destination outside the pod. Exactly one of `pods` and `cidr`. */
export interface EgressRule {
  readonly pods?: PodPeer;
  /** IPv4 or IPv6 range: '10.20.0.0/16'. */
  readonly cidr?: string;
  /** Ranges inside `cidr` that stay closed. @default none */
  readonly except?: readonly string[];
  /** TCP ports. @default 443 */
  readonly ports?: readonly number[];
}
