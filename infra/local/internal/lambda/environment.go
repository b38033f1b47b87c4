package lambda

import (
	"maps"
	"slices"
	"strconv"
)

// runtimeDir is where AWS keeps managed runtimes. provided.al2023 has none; the variable is set all the same.
const runtimeDir = "/var/runtime"

// environment returns the whole environment of an instance; nothing of this process leaks into it.
//
// AWS_EXECUTION_ENV and _X_AMZN_TRACE_ID are left out because AWS does not define them for OS-only runtimes; the runtime
// client sets the latter from a header of each invocation.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
func environment(f Function, taskRoot, scratch, runtimeAPI, logStream string) []string {
	env := map[string]string{
		"LANG":                     "en_US.UTF-8",
		"PATH":                     "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"LD_LIBRARY_PATH":          "/var/lang/lib:/lib64:/usr/lib64:" + runtimeDir + ":" + runtimeDir + "/lib:" + taskRoot + ":" + taskRoot + "/lib:/opt/lib",
		"TZ":                       ":UTC",
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
		"AWS_XRAY_DAEMON_ADDRESS":  "127.0.0.1:2000", // nothing listens; AWS's link-local address would leave the machine
		"TMPDIR":                   scratch,
	}
	maps.Copy(env, f.Environment)
	maps.Copy(env, f.ExtraEnvironment)
	maps.Copy(env, map[string]string{
		"_HANDLER":                        f.Handler,
		"AWS_REGION":                      f.region(),
		"AWS_DEFAULT_REGION":              f.region(),
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     f.Version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       f.LogGroup,
		"AWS_LAMBDA_LOG_STREAM_NAME":      logStream,
		"AWS_ACCESS_KEY":                  f.Credentials.AccessKeyID,
		"AWS_ACCESS_KEY_ID":               f.Credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY":           f.Credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN":               f.Credentials.SessionToken,
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"LAMBDA_TASK_ROOT":                taskRoot,
		"LAMBDA_RUNTIME_DIR":              runtimeDir,
	})
	pairs := make([]string, 0, len(env))
	for _, key := range slices.Sorted(maps.Keys(env)) {
		pairs = append(pairs, key+"="+env[key])
	}
	return pairs
}
