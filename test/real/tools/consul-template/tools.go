//go:build tools

// Package tools pins consul-template (the template engine inside the Vault agent) that the tests in test/real run.
package tools

import _ "github.com/hashicorp/consul-template"
