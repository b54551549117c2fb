// The system's zlib (zlib1g-dev). Only BodyCompression imports this module.
#include <zlib.h>
