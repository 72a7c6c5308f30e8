"""Translates a SAM template as CloudFormation would, and looks at what became of the authorizer."""

import os
import sys

os.environ.update(AWS_DEFAULT_REGION="eu-central-1", AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none")
import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

template = yaml_parse(open(sys.argv[1]).read())
values = {name: parameter["Default"] for name, parameter in template["Parameters"].items()}
translated = Translator({}, Parser(), boto_session=boto3.Session()).translate(template, parameter_values=values)
bodies = [r["Properties"].get("Body") for r in translated["Resources"].values() if "Properties" in r]
for body in filter(None, bodies):
    schemes = body.get("securityDefinitions") or body["components"]["securitySchemes"]
    authorizer = schemes["Sallyport"]["x-amazon-apigateway-authorizer"]
    assert authorizer["type"] == "request", authorizer
    assert authorizer["authorizerResultTtlInSeconds"] == 0, authorizer
    assert not authorizer.get("identitySource"), authorizer
    operations = [(m, o) for path in body["paths"].values() for m, o in path.items()]
    assert operations
    for method, operation in operations:
        asks = {"Sallyport": []} in operation.get("security", [])
        assert asks != (method == "options"), (method, operation)
permissions = [
    r["Properties"] for r in translated["Resources"].values()
    if r["Type"] == "AWS::Lambda::Permission" and "/authorizers/" in str(r["Properties"].get("SourceArn"))
]
assert len(permissions) == (0 if "-full" in sys.argv[1] else 1), permissions
