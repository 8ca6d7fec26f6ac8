//go:build tools

// Package tools pins KEDA (operator and metrics adapter) that the tests in test/real run.
package tools

import (
	_ "github.com/kedacore/keda/v2/cmd/adapter"
	_ "github.com/kedacore/keda/v2/cmd/operator"
)
