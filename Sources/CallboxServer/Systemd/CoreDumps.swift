internal import Foundation

/// Prevents core dumps, which would contain bodies and secrets.
package enum CoreDumps {
    /// Turns off core dumps of this process. `setrlimit` is not enough: a kernel that pipes core dumps to a program
    /// ignores RLIMIT_CORE (core(5)).
    package static func turnOff() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Darwin)
            setrlimit(RLIMIT_CORE, &none)
        #else
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            // Swift does not import variadic functions, so the type is declared here. 4 is PR_SET_DUMPABLE (prctl(2)).
            typealias Function = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
            if let symbol = dlsym(nil, "prctl") { _ = unsafeBitCast(symbol, to: Function.self)(4, 0, 0, 0, 0) }
        #endif
    }
}
