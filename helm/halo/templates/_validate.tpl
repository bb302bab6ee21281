{{/* What the schema cannot say: required values, and what contradicts itself. All problems are named at once. */}}
{{- define "halo.validate" -}}
{{- $v := .Values -}}
{{- $p := list -}}
{{- $production := eq $v.environment "production" -}}
{{- if not $v.kafka.bootstrapServers -}}{{- $p = append $p "kafka.bootstrapServers is required" -}}{{- end -}}
{{- range $name := list "registry" "gateway" -}}
{{- if not (get $v.database $name).host -}}{{- $p = append $p (printf "database.%s.host is required" $name) -}}{{- end -}}
{{- if not (or (get $v.database $name).existingSecret (get $v.inlineSecrets (printf "%sDatabasePassword" $name))) -}}
{{- $p = append $p (printf "database.%s.existingSecret is required" $name) -}}{{- end -}}
{{- end -}}
{{- if not $v.oidc.issuer -}}{{- $p = append $p "oidc.issuer is required" -}}
{{- else if and $production (not (hasPrefix "https://" $v.oidc.issuer)) -}}{{- $p = append $p "oidc.issuer must begin with https:// in production" -}}{{- end -}}
{{- if not (or $v.keys.linkToken.existingSecret (and $v.inlineSecrets.linkTokenPrivateKey $v.inlineSecrets.linkTokenPublicKey)) -}}
{{- $p = append $p "keys.linkToken.existingSecret is required" -}}{{- end -}}
{{- if not (or $v.gateway.registryClient.existingSecret $v.inlineSecrets.gatewayClientSecret) -}}
{{- $p = append $p "gateway.registryClient.existingSecret is required" -}}{{- end -}}
{{- if $production -}}
{{- if $v.inlineSecrets -}}{{- $p = append $p "inlineSecrets are for test clusters: production needs existing Secrets" -}}{{- end -}}
{{- if has $v.database.sslMode (list "disable" "prefer") -}}{{- $p = append $p (printf "database.sslMode %s is not for production" $v.database.sslMode) -}}{{- end -}}
{{- if has $v.kafka.securityProtocol (list "PLAINTEXT" "SASL_PLAINTEXT") -}}{{- $p = append $p (printf "kafka.securityProtocol %s is not for production" $v.kafka.securityProtocol) -}}{{- end -}}
{{- if lt (int $v.kafka.minInsyncReplicas) 2 -}}{{- $p = append $p "kafka.minInsyncReplicas must be 2 or more in production" -}}{{- end -}}
{{- if $v.gateway.webhooks.allowPrivateTargets -}}{{- $p = append $p "gateway.webhooks.allowPrivateTargets is not for production" -}}{{- end -}}
{{- end -}}
{{- if gt (int $v.kafka.minInsyncReplicas) (int $v.kafka.replicationFactor) -}}{{- $p = append $p "kafka.minInsyncReplicas is more than kafka.replicationFactor" -}}{{- end -}}
{{- if and (has $v.database.sslMode (list "verify-ca" "verify-full")) (not $v.database.caSecret) -}}
{{- $p = append $p (printf "database.caSecret is required with database.sslMode %s" $v.database.sslMode) -}}{{- end -}}
{{- $sasl := hasPrefix "SASL_" $v.kafka.securityProtocol -}}
{{- if and $v.kafka.tls.clientCertificates (ne $v.kafka.securityProtocol "SSL") -}}{{- $p = append $p "kafka.tls.clientCertificates needs kafka.securityProtocol SSL" -}}{{- end -}}
{{- range $name := list "gateway" "routing" "registry" -}}
{{- if and (or $sasl $v.kafka.tls.clientCertificates) (not $v.kafka.strimzi.users) (not (get $v.kafka.users $name).existingSecret) -}}
{{- $p = append $p (printf "kafka.users.%s.existingSecret is required with kafka.securityProtocol %s" $name $v.kafka.securityProtocol) -}}{{- end -}}
{{- end -}}
{{- if $v.kafka.strimzi.users -}}
{{- if not (or (and $sasl (eq $v.kafka.sasl.mechanism "SCRAM-SHA-512")) $v.kafka.tls.clientCertificates) -}}
{{- $p = append $p "kafka.strimzi.users needs SCRAM-SHA-512 or kafka.tls.clientCertificates" -}}{{- end -}}
{{- if and $v.kafka.strimzi.namespace (ne $v.kafka.strimzi.namespace .Release.Namespace) -}}
{{- range $name := list "gateway" "routing" "registry" -}}
{{- if not (get $v.kafka.users $name).existingSecret -}}{{- $p = append $p (printf "kafka.users.%s.existingSecret is required: KafkaUser makes its Secret in namespace %s" $name $v.kafka.strimzi.namespace) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (or $v.kafka.strimzi.users (eq $v.kafka.topics.mode "strimzi")) (not $v.kafka.strimzi.cluster) -}}
{{- $p = append $p "kafka.strimzi.cluster is required for KafkaTopic and KafkaUser resources" -}}{{- end -}}
{{- if gt (int $v.gateway.autoscaling.minReplicas) (int $v.gateway.autoscaling.maxReplicas) -}}{{- $p = append $p "gateway.autoscaling.minReplicas is more than maxReplicas" -}}{{- end -}}
{{- if or $v.ingress.enabled $v.httpRoute.enabled -}}
{{- range $name := list "integrators" "links" "operators" -}}
{{- if not (get $v.hosts $name) -}}{{- $p = append $p (printf "hosts.%s is required" $name) -}}{{- end -}}
{{- end -}}
{{- $hosts := compact (list $v.hosts.integrators $v.hosts.links $v.hosts.operators) -}}
{{- if ne (len (uniq $hosts)) (len $hosts) -}}{{- $p = append $p "hosts.integrators, hosts.links and hosts.operators must differ" -}}{{- end -}}
{{- end -}}
{{- if and $v.httpRoute.enabled (not $v.httpRoute.parentRefs) -}}{{- $p = append $p "httpRoute.parentRefs is required" -}}{{- end -}}
{{- if $v.networkPolicy.enabled -}}
{{- if not $v.networkPolicy.ingressFrom -}}{{- $p = append $p "networkPolicy.ingressFrom is required: who may come in from outside" -}}{{- end -}}
{{- range $name := list "kafka" "postgresql" "issuer" -}}
{{- if not (get $v.networkPolicy $name).to -}}{{- $p = append $p (printf "networkPolicy.%s.to is required: an empty list would be everywhere" $name) -}}{{- end -}}
{{- end -}}
{{- if and $v.serviceMonitor.enabled (not $v.networkPolicy.metricsFrom) -}}{{- $p = append $p "networkPolicy.metricsFrom is required with serviceMonitor.enabled" -}}{{- end -}}
{{- end -}}
{{- if $p -}}{{- fail (printf "\n\nThe values do not fit together:\n  - %s\n" (join "\n  - " $p)) -}}{{- end -}}
{{- end -}}
