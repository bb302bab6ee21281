{{/* The pod of a component: (dict "root" $ "component" "gateway") */}}

{{- define "halo.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "halo.containerSecurityContext" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "halo.kafkaSecret" -}}
{{- $user := get .root.Values.kafka.users .component -}}
{{- $user.existingSecret | default (include "halo.component" .) -}}
{{- end -}}

{{- define "halo.environment" -}}
{{- $v := .root.Values -}}
{{- $own := get $v .component -}}
- name: JAVA_TOOL_OPTIONS
  value: {{ $own.javaOptions | quote }}
{{- if ne .component "registry" }}
# The pod's number is its slot: exactly one pod of a StatefulSet has it, and the next one gets it only when this one is gone.
- name: HALO_{{ upper .component }}_SLOT
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
{{ include "halo.secretVariable" (dict "root" .root "variable" (printf "HALO_%s_LINK_TOKEN_PUBLIC_KEY" (upper .component)) "existing" $v.keys.linkToken.existingSecret "key" $v.keys.linkToken.publicKey "inline" "linkTokenPublicKey") }}
{{- end }}
{{- if eq .component "registry" }}
{{ include "halo.secretVariable" (dict "root" .root "variable" "HALO_REGISTRY_LINK_TOKEN_PRIVATE_KEY" "existing" $v.keys.linkToken.existingSecret "key" $v.keys.linkToken.privateKey "inline" "linkTokenPrivateKey") }}
{{ include "halo.secretVariable" (dict "root" .root "variable" "HALO_REGISTRY_DATABASE_PASSWORD" "existing" $v.database.registry.existingSecret "key" $v.database.registry.passwordKey "inline" "registryDatabasePassword") }}
{{- end }}
{{- if eq .component "gateway" }}
{{ include "halo.secretVariable" (dict "root" .root "variable" "HALO_GATEWAY_DATABASE_PASSWORD" "existing" $v.database.gateway.existingSecret "key" $v.database.gateway.passwordKey "inline" "gatewayDatabasePassword") }}
{{ include "halo.secretVariable" (dict "root" .root "variable" "HALO_GATEWAY_REGISTRY_CLIENT_SECRET" "existing" $v.gateway.registryClient.existingSecret "key" $v.gateway.registryClient.secretKey "inline" "gatewayClientSecret") }}
{{- end }}
{{- if and (ne .component "routing") (or $v.keys.atRest.existingSecret $v.inlineSecrets.atRestKey) }}
{{ include "halo.secretVariable" (dict "root" .root "variable" (ternary "HALO_GATEWAY_WEBHOOKS_AT_REST_KEY" "HALO_REGISTRY_AT_REST_KEY" (eq .component "gateway")) "existing" $v.keys.atRest.existingSecret "key" $v.keys.atRest.key "inline" "atRestKey") }}
{{- end }}
{{- if hasPrefix "SASL_" $v.kafka.securityProtocol }}
- name: KAFKA_USER_JAAS
  valueFrom:
    secretKeyRef:
      name: {{ include "halo.kafkaSecret" . }}
      key: {{ $v.kafka.sasl.jaasKey }}
{{- end }}
{{- if $v.kafka.tls.clientCertificates }}
- name: KAFKA_USER_KEYSTORE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "halo.kafkaSecret" . }}
      key: {{ $v.kafka.tls.keystorePasswordKey }}
{{- end }}
{{- with $own.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Files of Secrets that a component reads: a list of (name, secret, key). */}}
{{- define "halo.secretFiles" -}}
{{- $v := .root.Values -}}
{{- $files := list -}}
{{- if $v.kafka.tls.caSecret -}}{{- $files = append $files (dict "name" "kafka-ca" "secret" $v.kafka.tls.caSecret "key" $v.kafka.tls.caKey) -}}{{- end -}}
{{- if $v.kafka.tls.clientCertificates -}}{{- $files = append $files (dict "name" "kafka-user" "secret" (include "halo.kafkaSecret" .) "key" $v.kafka.tls.keystoreKey) -}}{{- end -}}
{{- if and (ne .component "routing") $v.database.caSecret -}}{{- $files = append $files (dict "name" "postgresql-ca" "secret" $v.database.caSecret "key" $v.database.caKey) -}}{{- end -}}
{{- toJson $files -}}
{{- end -}}

{{- define "halo.pod" -}}
{{- $v := .root.Values -}}
{{- $own := get $v .component -}}
{{- $files := include "halo.secretFiles" . | fromJsonArray -}}
metadata:
  labels:
    {{- include "halo.labels" . | nindent 4 }}
    {{- with $own.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include (printf "halo.%sProperties" .component) . | sha256sum }}
    {{- if $v.inlineSecrets }}
    checksum/secrets: {{ toJson $v.inlineSecrets | sha256sum }}
    {{- end }}
    {{- with $own.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "halo.component" . }}
  # Nothing here asks the API server.
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ add (include "halo.drainSeconds" . | int) 15 }}
  securityContext:
    {{- include "halo.podSecurityContext" . | nindent 4 }}
  {{- with $v.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $own.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ include "halo.image" . }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      securityContext:
        {{- include "halo.containerSecurityContext" . | nindent 8 }}
      ports:
        - name: http
          containerPort: {{ include "halo.port" .component }}
          protocol: TCP
      env:
        {{- include "halo.environment" . | nindent 8 }}
      {{- if ne .component "gateway" }}
      lifecycle:
        preStop:
          sleep:
            seconds: {{ int $own.drain.preStopSeconds }}
      {{- end }}
      # Three minutes for a start: migrations, loading views. Liveness depends on nothing but the process itself.
      startupProbe:
        httpGet: {path: /q/health/started, port: http}
        periodSeconds: 3
        timeoutSeconds: 3
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /q/health/live, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        httpGet: {path: /q/health/ready, port: http}
        periodSeconds: 3
        timeoutSeconds: 3
        failureThreshold: 2
      resources:
        {{- toYaml $own.resources | nindent 8 }}
      volumeMounts:
        - name: config
          mountPath: /app/config
          readOnly: true
        - name: tmp
          mountPath: /tmp
        {{- range $files }}
        - name: {{ .name }}
          mountPath: /etc/halo/{{ .name }}
          readOnly: true
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "halo.component" . }}
    - name: tmp
      emptyDir:
        sizeLimit: 256Mi
    {{- range $files }}
    - name: {{ .name }}
      secret:
        secretName: {{ .secret }}
        defaultMode: 0440
        items:
          - key: {{ .key }}
            path: {{ .key }}
    {{- end }}
  {{- with $own.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if $own.topologySpread.enabled }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: {{ $own.topologySpread.topologyKey }}
      whenUnsatisfiable: {{ $own.topologySpread.whenUnsatisfiable }}
      labelSelector:
        matchLabels:
          {{- include "halo.selectorLabels" . | nindent 10 }}
  {{- end }}
{{- end -}}
