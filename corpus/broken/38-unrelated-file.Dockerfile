{
  "name": "not a Dockerfile",
  "version": "1.0.0",
  "scripts": {
    "build": "make"
  }
}
