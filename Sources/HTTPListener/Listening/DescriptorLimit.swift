#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// File descriptors of the process. A connection needs one.
package enum DescriptorLimit {
    /// The number of descriptors for all other purposes than connections: database files, the control socket, outbound
    /// calls, threads' epoll instances, connections that are being closed.
    static let reserve = 192

    /// Raises the soft limit to the hard one, as servers may (systemd's default is 1024 and 524288).
    ///
    /// - Returns: the soft limit afterwards.
    static func raise() -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        #if canImport(Darwin)
            raised.rlim_cur = min(raised.rlim_cur, rlim_t(OPEN_MAX))
        #endif
        if raised.rlim_cur > limit.rlim_cur, setrlimit(resource, &raised) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }

    /// The number of descriptors that are not available to the connections within the limit.
    package static var otherCount: Int { reserve + ConnectionRegistry.overCountLimit }

    /// The number of connections to allow: fewer than requested if there are not enough descriptors.
    package static func connectionCount(wanted: Int, descriptorCount: Int) -> Int {
        let left = descriptorCount - otherCount
        // At least a quarter, because no value is good if the descriptors do not even cover the reserve.
        return min(wanted, max(left, descriptorCount / 4, 1))
    }
}

/// A reserved descriptor, which is released when there are no others.
struct SpareDescriptor {
    private var descriptor: CInt = -1

    mutating func take() {
        if descriptor < 0 { descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
    }

    mutating func release() {
        if descriptor >= 0 { _ = close(descriptor) }
        descriptor = -1
    }
}
