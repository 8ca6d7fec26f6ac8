//go:build tools

// Package tools pins the Pulumi CLI, with the engine in it, that the tests in test/real run.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
