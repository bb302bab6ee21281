{{/* application.properties of the services, by their own names. Secrets come as environment variables. */}}

{{- define "halo.kafkaProperties" -}}
{{- $k := .root.Values.kafka -}}
halo.kafka.bootstrap-servers={{ $k.bootstrapServers }}
{{- with $k.topicPrefix }}
halo.kafka.topic-prefix={{ . }}
{{- end }}
halo.kafka.replication-factor={{ int $k.replicationFactor }}
halo.kafka.min-insync-replicas={{ int $k.minInsyncReplicas }}
halo.kafka.client."security.protocol"={{ $k.securityProtocol }}
{{- if hasPrefix "SASL_" $k.securityProtocol }}
halo.kafka.client."sasl.mechanism"={{ $k.sasl.mechanism }}
halo.kafka.client."sasl.jaas.config"=${KAFKA_USER_JAAS}
{{- end }}
{{- if $k.tls.caSecret }}
halo.kafka.client."ssl.truststore.type"=PEM
halo.kafka.client."ssl.truststore.location"=/etc/halo/kafka-ca/{{ $k.tls.caKey }}
{{- end }}
{{- if $k.tls.clientCertificates }}
halo.kafka.client."ssl.keystore.type"=PKCS12
halo.kafka.client."ssl.keystore.location"=/etc/halo/kafka-user/{{ $k.tls.keystoreKey }}
halo.kafka.client."ssl.keystore.password"=${KAFKA_USER_KEYSTORE_PASSWORD}
{{- end }}
{{- range $key, $value := $k.client }}
halo.kafka.client."{{ $key }}"={{ $value }}
{{- end }}
{{- end -}}

{{- define "halo.oidcProperties" -}}
quarkus.oidc.auth-server-url={{ .root.Values.oidc.issuer }}
{{- end -}}

{{/* Both drivers: Flyway uses JDBC, the service the reactive one. */}}
{{- define "halo.databaseTls" -}}
{{- $d := .root.Values.database -}}
quarkus.datasource.jdbc.additional-jdbc-properties."sslmode"={{ $d.sslMode }}
quarkus.datasource.reactive.postgresql.ssl-mode={{ $d.sslMode }}
{{- if $d.caSecret }}
quarkus.datasource.jdbc.additional-jdbc-properties."sslrootcert"=/etc/halo/postgresql-ca/{{ $d.caKey }}
quarkus.datasource.reactive.trust-certificate-pem=true
quarkus.datasource.reactive.trust-certificate-pem.certs=/etc/halo/postgresql-ca/{{ $d.caKey }}
{{- else if eq $d.sslMode "require" }}
quarkus.datasource.reactive.trust-all=true
{{- end }}
{{- if eq $d.sslMode "verify-full" }}
quarkus.datasource.reactive.hostname-verification-algorithm=HTTPS
{{- end }}
{{- end -}}

{{- define "halo.proxyProperties" -}}
{{- with .proxies }}
quarkus.http.proxy.proxy-address-forwarding=true
quarkus.http.proxy.trusted-proxies={{ join "," . }}
{{- end }}
{{- end -}}

{{- define "halo.extraProperties" -}}
{{- range $key, $value := . }}
{{ $key }}={{ $value }}
{{- end }}
{{- end -}}

{{- define "halo.gatewayProperties" -}}
{{- $v := .root.Values -}}
{{- $g := $v.gateway -}}
halo.gateway.environment={{ $v.environment }}
{{ include "halo.kafkaProperties" . }}
halo.gateway.lifecycle.group={{ $v.kafka.topicPrefix }}halo-gateway
halo.gateway.database.host={{ $v.database.gateway.host }}
halo.gateway.database.port={{ int $v.database.gateway.port }}
halo.gateway.database.name={{ $v.database.gateway.name }}
halo.gateway.database.username={{ $v.database.gateway.user }}
{{ include "halo.databaseTls" . }}
halo.gateway.registry.url=http://{{ include "halo.component" (dict "root" .root "component" "registry") }}:8081
halo.gateway.registry.token-url={{ $g.registryClient.tokenUrl | default (printf "%s/protocol/openid-connect/token" (trimSuffix "/" $v.oidc.issuer)) }}
halo.gateway.registry.client-id={{ $g.registryClient.id }}
halo.gateway.admin.enabled=true
{{ include "halo.oidcProperties" . }}
{{- if $g.bearerTokens }}
halo.gateway.bearer.issuer={{ $v.oidc.issuer }}
{{- end }}
{{- with $g.trustedProxies }}
halo.gateway.trusted-proxies={{ join "," . }}
{{- end }}
{{- if $g.webhooks.allowPrivateTargets }}
halo.gateway.webhooks.allow-private-targets=true
{{- end }}
{{- range $tier, $limits := $g.tiers }}
{{- range $key, $value := $limits }}
halo.gateway.limits.tiers."{{ $tier }}".{{ $key }}={{ if kindIs "float64" $value }}{{ int64 $value }}{{ else }}{{ $value }}{{ end }}
{{- end }}
{{- end }}
quarkus.shutdown.delay={{ int $g.drain.delaySeconds }}s
quarkus.shutdown.timeout={{ int $g.drain.timeoutSeconds }}s
{{- include "halo.extraProperties" $g.properties }}
{{- end -}}

{{- define "halo.routingProperties" -}}
{{- $v := .root.Values -}}
{{- $r := $v.routing -}}
halo.routing.environment={{ $v.environment }}
{{ include "halo.kafkaProperties" . }}
halo.routing.drain.spread={{ int $r.drain.spreadSeconds }}s
halo.routing.drain.grace={{ int $r.drain.graceSeconds }}s
halo.routing.drain.unfinished={{ int $r.drain.unfinishedSeconds }}s
{{- include "halo.proxyProperties" (dict "proxies" $r.trustedProxies) }}
{{- include "halo.extraProperties" $r.properties }}
{{- end -}}

{{- define "halo.registryProperties" -}}
{{- $v := .root.Values -}}
{{- $r := $v.registry -}}
halo.registry.environment={{ $v.environment }}
{{ include "halo.kafkaProperties" . }}
halo.registry.database.host={{ $v.database.registry.host }}
halo.registry.database.port={{ int $v.database.registry.port }}
halo.registry.database.name={{ $v.database.registry.name }}
halo.registry.database.user={{ $v.database.registry.user }}
halo.registry.database.ssl-mode={{ $v.database.sslMode }}
{{ include "halo.databaseTls" . }}
{{ include "halo.oidcProperties" . }}
{{- if $v.gateway.webhooks.allowPrivateTargets }}
halo.registry.webhooks.allow-http=true
{{- end }}
quarkus.shutdown.timeout={{ int $r.drain.timeoutSeconds }}s
{{- include "halo.proxyProperties" (dict "proxies" $r.trustedProxies) }}
{{- include "halo.extraProperties" $r.properties }}
{{- end -}}
