/* What is at hand on this machine. Each part prints one line and never fails: a part that is not there is "missing". */
#ifndef INVENTORY_H
#define INVENTORY_H

void report(const char *part, const char *text);
void report_format(void);
void report_trust(void);
void report_tools(void);

#endif
