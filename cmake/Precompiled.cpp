// The source of targets that have nothing but precompiled headers.
