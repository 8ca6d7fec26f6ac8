"""Judges Kubernetes objects by the schemas of kubernetes-validate, strictly: unknown fields are refused.

A JSON array of {"object": ..., "version": "1.28"} on stdin, a JSON array with one verdict for each on stdout.

The schemas know fields and types. They let null stand for anything and list no values that a text may have; the rules over
manifests and the live API server refuse those. They also hold fields whose feature is off by default; what a version has on
stands in PlatformProfile and its test.
"""

import functools
import json
import sys

import kubernetes_validate
from kubernetes_validate import utils

# Otherwise every object reads megabytes of definitions again.
utils.schema_contents = functools.lru_cache(maxsize=None)(utils.schema_contents)
utils.all_versions = functools.lru_cache(maxsize=None)(utils.all_versions)


def judge(given, version):
    try:
        # Between two versions that the package has, the older one judges, and is told.
        return {"outcome": "valid", "version": utils.validate(given, version, strict=True)}
    except kubernetes_validate.ValidationError as error:
        path = ".".join(str(step) for step in error.absolute_path)
        return {"outcome": "invalid", "version": error.version, "path": path, "message": error.message}
    except kubernetes_validate.SchemaNotFoundError as error:
        return {"outcome": "no schema", "version": error.version}
    except utils.VersionNotSupportedError as error:
        return {"outcome": "no schema", "version": error.version, "message": error.message}


json.dump([judge(one["object"], one["version"]) for one in json.load(sys.stdin)], sys.stdout)
