// The system's libdeflate (libdeflate-dev). Only BodyCompression imports this module.
#include <libdeflate.h>
