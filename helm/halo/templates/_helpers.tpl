{{/* Names and labels. The components are gateway, routing and registry. */}}

{{- define "halo.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "halo.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "halo.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "halo.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Of a component: (dict "root" $ "component" "gateway") */}}
{{- define "halo.component" -}}
{{- printf "%s-%s" (include "halo.fullname" .root) .component -}}
{{- end -}}

{{- define "halo.selectorLabels" -}}
app.kubernetes.io/name: {{ include "halo.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "halo.labels" -}}
{{ include "halo.selectorLabels" . }}
app.kubernetes.io/part-of: halo
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "halo.image" -}}
{{- printf "%s/halo-%s-service:%s" .root.Values.image.registry .component (.root.Values.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}

{{- define "halo.port" -}}
{{- get (dict "gateway" 8080 "registry" 8081 "routing" 8082) . -}}
{{- end -}}

{{/* The Secret of a value that may be given in inlineSecrets instead: (dict "root" $ "existing" NAME) */}}
{{- define "halo.secret" -}}
{{- .existing | default (printf "%s-inline" (include "halo.fullname" .root)) -}}
{{- end -}}

{{/* A container's variable from a Secret: (dict "root" $ "variable" V "existing" NAME "key" KEY "inline" KEY) */}}
{{- define "halo.secretVariable" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ include "halo.secret" . }}
      key: {{ ternary .key .inline (ne .existing "") }}
{{- end -}}

{{/* How long a component may take to stop; the pod's grace period is this and 15 seconds for its end. */}}
{{- define "halo.drainSeconds" -}}
{{- $drain := (get .root.Values .component).drain -}}
{{- if eq .component "gateway" -}}
{{- add $drain.delaySeconds $drain.timeoutSeconds -}}
{{- else if eq .component "routing" -}}
{{- add $drain.preStopSeconds $drain.spreadSeconds (mul 2 $drain.graceSeconds) $drain.unfinishedSeconds -}}
{{- else -}}
{{- add $drain.preStopSeconds $drain.timeoutSeconds -}}
{{- end -}}
{{- end -}}
