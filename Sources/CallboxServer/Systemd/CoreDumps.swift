internal import Foundation

/// Core dumps, which would contain bodies and secrets.
package enum CoreDumps {
    /// Turns core dumps off for this process, even if the kernel pipes them to a program and ignores RLIMIT_CORE
    /// (core(5)).
    package static func turnOff() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Darwin)
            setrlimit(RLIMIT_CORE, &none)
        #else
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            // Swift does not import variadic functions. 4 is PR_SET_DUMPABLE (prctl(2)).
            typealias Function = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
            if let symbol = dlsym(nil, "prctl") { _ = unsafeBitCast(symbol, to: Function.self)(4, 0, 0, 0, 0) }
        #endif
    }
}
