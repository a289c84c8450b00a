#include <node_api.h>

static __thread int calls;

static napi_value seed(napi_env env, napi_callback_info info)
{
	napi_value value;

	(void)info;
	napi_create_int32(env, ++calls, &value);
	return value;
}

NAPI_MODULE_INIT()
{
	napi_value function;

	napi_create_function(env, "seed", NAPI_AUTO_LENGTH, seed, NULL, &function);
	napi_set_named_property(env, exports, "seed", function);
	return exports;
}
