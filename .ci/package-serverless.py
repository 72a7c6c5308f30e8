"""Packages a serverless.yml made of a fragment, and looks at what became of its routes and its stage."""

import json
import os
import subprocess
import sys

fragment, installed = sys.argv[1:]
folder = fragment + ".d"
os.makedirs(folder, exist_ok=True)
text = open(fragment).read()
needed = "provider:\n  name: aws\n  runtime: nodejs22.x\n  region: eu-central-1\n"
text = text.replace("provider:\n", needed) if "\nprovider:\n" in text else needed + text
with open(os.path.join(folder, "serverless.yml"), "w") as file:
    file.write("service: orders\n" + text)
with open(os.path.join(folder, "handler.js"), "w") as file:
    file.write("exports.main = async () => ({});\n")
osls = os.path.join(installed, "node_modules/osls/bin/serverless.js")
env = {**os.environ, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
subprocess.run(["node", osls, "package"], cwd=folder, env=env, check=True, timeout=300)
with open(os.path.join(folder, ".serverless/cloudformation-template-update-stack.json")) as file:
    resources = json.load(file)["Resources"]


def of(*types):
    return [r["Properties"] for r in resources.values() if r["Type"] in types]


routes = of("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route")
assert routes
for route in routes:
    assert route["AuthorizationType"] == ("NONE" if route.get("HttpMethod") == "OPTIONS" else "CUSTOM"), route
(authorizer,) = of("AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer")
assert not authorizer.get("IdentitySource"), authorizer
assert authorizer.get("AuthorizerResultTtlInSeconds", 0) == 0, authorizer
full = "-full" in fragment
assert bool(authorizer.get("AuthorizerCredentials") or authorizer.get("AuthorizerCredentialsArn")) == full, authorizer
permissions = [p for p in of("AWS::Lambda::Permission") if "/authorizers/" in str(p.get("SourceArn"))]
assert len(permissions) == (0 if full else 1), permissions
for stage in of("AWS::ApiGatewayV2::Stage"):
    assert stage["StageVariables"] == {"sallyport_enforce": "admin,billing" if full else "all"}, stage
