/**
 * C++ of the addon that Node loads. It opens the real binding, `tfjs_binding_impl.so` beside it, with stderr turned away: libtensorflow writes two
 * lines of advice there from its static constructors, before anybody could set a log level. Errors of opening are thrown as JavaScript errors.
 */
export const shimSource = `#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>
#include <string>
#include <node_api.h>

static std::string Beside(const char* name) {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void*>(&Beside), &info)) return name;
  std::string path(info.dli_fname);
  return path.substr(0, path.rfind('/') + 1) + name;
}

NAPI_MODULE_INIT() {
  int stderr_copy = dup(2);
  int nowhere = open("/dev/null", O_WRONLY);
  if (nowhere >= 0) dup2(nowhere, 2);
  void* library = dlopen(Beside("tfjs_binding_impl.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  if (stderr_copy >= 0) dup2(stderr_copy, 2);
  if (stderr_copy >= 0) close(stderr_copy);
  if (nowhere >= 0) close(nowhere);
  const char* error = library ? nullptr : dlerror();
  auto init = library ? reinterpret_cast<napi_value (*)(napi_env, napi_value)>(dlsym(library, "napi_register_module_v1")) : nullptr;
  if (!init) {
    napi_throw_error(env, nullptr, error ? error : "no napi_register_module_v1 in tfjs_binding_impl.so");
    return nullptr;
  }
  return init(env, exports);
}
`;
