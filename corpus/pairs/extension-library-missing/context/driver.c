#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <libpq-fe.h>

static PyObject *version(PyObject *self, PyObject *args)
{
	(void)self;
	(void)args;
	return PyLong_FromLong(PQlibVersion() / 10000);
}

static PyMethodDef methods[] = {{"version", version, METH_NOARGS, 0}, {0, 0, 0, 0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "driver", 0, -1, methods, 0, 0, 0, 0};

PyMODINIT_FUNC PyInit_driver(void)
{
	return PyModule_Create(&module);
}
