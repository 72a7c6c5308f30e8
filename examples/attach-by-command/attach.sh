#!/bin/sh
# Attaches an API that exists already, enforces the decisions, and takes everything off again.
#
#   API=a1b2c3d4e5 TABLE=... FUNCTION_ARN=arn:aws:lambda:... npm start
#
# TABLE and FUNCTION_ARN are outputs of the stack Sallyport.
set -eu
: "${API:?is the id of the API}" "${TABLE:?is the name of the risk table}" "${FUNCTION_ARN:?is the ARN of the authorizer}"

sallyport() { npx --no-install sallyport attach "$@" --api "$API" --table "$TABLE"; }

echo "== What would change"
sallyport plan --authorizer "$FUNCTION_ARN"

echo "== Monitor: decisions are recorded, and every request goes through"
sallyport apply --authorizer "$FUNCTION_ARN" --yes
sallyport status

echo "== Enforce"
sallyport apply --enforce all --yes

echo "== As it was before"
sallyport rollback --yes
