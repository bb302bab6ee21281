{{/*
Which path of which host goes to which component; everything else, /q and /internal above all, is not reachable from
outside.
*/}}
{{- define "halo.routes" -}}
integrators:
  - {path: /integrator, component: gateway}
links:
  - {path: /link/v1/session, component: routing, socket: true}
  - {path: /link/v1/queries, component: gateway}
  - {path: /link/v1/registered, component: gateway}
  - {path: /link/v1/enrol, component: registry}
  - {path: /link/v1/token, component: registry}
  - {path: /link/v1/sites, component: registry}
  - {path: /link/v1/registration, component: registry}
operators:
  - {path: /admin/v1/queries, component: gateway}
  - {path: /admin/v1/query-audit, component: gateway}
  - {path: /admin/v1/webhooks, component: gateway}
  - {path: /admin, component: registry}
{{- end -}}
