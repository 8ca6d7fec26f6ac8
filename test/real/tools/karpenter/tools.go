//go:build tools

// Package tools pins Karpenter with its kwok provider (a node autoscaler) that the tests in test/real run.
package tools

import _ "sigs.k8s.io/karpenter/kwok"
