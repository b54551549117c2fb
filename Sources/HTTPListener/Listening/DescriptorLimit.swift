#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The limit of open file descriptors of the process. Each connection needs one descriptor.
package enum DescriptorLimit {
    /// The number of descriptors for all purposes other than connections: database files, the control socket, outbound
    /// calls, epoll instances of threads, and connections that are being closed.
    static let reserve = 192

    /// Raises the soft limit to the hard limit, as servers are allowed to do. systemd's defaults are 1024 and 524288.
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

    /// The number of connections over a limit that may wait for their 503: the requested number, but at most an eighth
    /// of the descriptors.
    static func overLimitCount(wanted: Int, descriptorCount: Int) -> Int {
        min(wanted, descriptorCount / 8)
    }

    /// The number of connections to allow: the requested number, or fewer if there are not enough descriptors.
    package static func connectionCount(wanted: Int, descriptorCount: Int) -> Int {
        let others = reserve + overLimitCount(wanted: ListenerLimits().overLimitCount, descriptorCount: descriptorCount)
        // Connections get at least a quarter of the descriptors. If the descriptors do not even cover the reserve, no
        // value is safe.
        return min(wanted, max(descriptorCount - others, descriptorCount / 4, 1))
    }

    /// The number of descriptors with which `connectionCount` allows this many connections.
    package static func descriptorCount(for wanted: Int) -> Int {
        // Connections over a limit need up to an eighth of the descriptors.
        let count = (wanted + reserve - 1) * 8 / 7 + 1
        return min(count, wanted + reserve + ListenerLimits().overLimitCount)
    }
}

/// A reserved descriptor. It is released when the process has no other descriptors left.
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
