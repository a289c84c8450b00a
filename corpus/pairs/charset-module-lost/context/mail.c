#include <iconv.h>
#include <stdio.h>

int main(void)
{
	iconv_t converter = iconv_open("SHIFT_JIS", "UTF-8");

	puts(converter == (iconv_t)-1 ? "mail: sent as UTF-8" : "mail: sent as Shift JIS");
	return 0;
}
