#!/usr/bin/env bash
# Makes .env with keys and passwords, readable by you only. What is there already is left as it is.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

if [[ -e .env ]]; then
  echo ".env is there already; delete it (and the volumes: docker compose down --volumes) to begin anew"
  exit 0
fi
command -v openssl >/dev/null || { echo "openssl is needed" >&2; exit 1; }

# The bodies of the PEM files: the services take them bare, and .env has one line for each.
private=$(openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt)
public=$(openssl ec -pubout <<<"$private" 2>/dev/null)
bare() { grep -v -- ----- <<<"$1" | tr -d '\n'; }

umask 077
cat >.env <<EOF
LINK_TOKEN_PRIVATE_KEY=$(bare "$private")
LINK_TOKEN_PUBLIC_KEY=$(bare "$public")
AT_REST_KEY=$(openssl rand -base64 32)
POSTGRES_PASSWORD=$(openssl rand -hex 24)
REGISTRY_DATABASE_PASSWORD=$(openssl rand -hex 24)
GATEWAY_DATABASE_PASSWORD=$(openssl rand -hex 24)
KEYCLOAK_ADMIN_PASSWORD=$(openssl rand -hex 24)
GATEWAY_CLIENT_SECRET=$(openssl rand -hex 32)
EXAMPLE_CLIENT_SECRET=$(openssl rand -hex 32)
FIREBIRD_PASSWORD=$(openssl rand -hex 16)
EOF
echo "made .env; next: docker compose up --detach"
