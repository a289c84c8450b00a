#ifndef MEAN_H
#define MEAN_H

double mean(const double *values, int count);

#endif
