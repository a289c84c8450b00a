/* The file format is a plug-in: its library is looked for when the program runs, not when it is linked. */
#include "inventory.h"

#include <dlfcn.h>

void report_format(void)
{
	const char *text = 0;
	void *library = dlopen("libyaml-0.so.2", RTLD_NOW);

	if (library) {
		const char *(*version)(void) = (const char *(*)(void))dlsym(library, "yaml_get_version_string");

		if (version)
			text = version();
	}
	report("format", text);
}
