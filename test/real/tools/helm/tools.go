//go:build tools

// Package tools pins helm, which `npm run bench:synth` compares with.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
