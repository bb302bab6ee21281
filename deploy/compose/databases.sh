#!/bin/sh
# Runs once, when PostgreSQL's volume is empty: a database and its owner for registry and gateway each.
set -eu
for service in registry gateway; do
  case $service in
    registry) password=$REGISTRY_PASSWORD ;;
    gateway) password=$GATEWAY_PASSWORD ;;
  esac
  psql -v ON_ERROR_STOP=1 -v owner="halo_$service" -v password="$password" --username postgres <<'SQL'
create role :"owner" login password :'password';
create database :"owner" owner :"owner";
SQL
done
