import Foundation
import Synchronization
import TestKit

/// A Unix socket in front of a server. It can cut a connection before or after the commit of the next statement.
final class CuttingProxy: Sendable {
    enum Cut: Sendable {
        /// The server gets the statement and responds, but the response is dropped.
        case answer
        /// The statement is dropped before the server gets it.
        case statement
    }

    /// The folder of the socket. libpq accepts its path as `host`.
    let folder: TemporaryFolder
    private let target: String
    private let listener: Int32
    private let cut = Mutex<Cut?>(nil)
    let hasCut = Pending<Bool>.event()

    init(_ target: String) throws {
        folder = try TemporaryFolder()
        self.target = target
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.withAddress(folder.path + "/.s.PGSQL.5432", { bind(listener, $0, $1) }) == 0,
            listen(listener, 16) == 0
        else { throw TestFailure(description: "cannot listen") }
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 { relay(client) }
            Foundation.close(listener)
        }
    }

    /// Stops the accepting thread, which then closes its descriptor.
    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    func cutNext(_ cut: Cut) {
        self.cut.withLock { $0 = cut }
    }

    private func relay(_ client: Int32) {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.withAddress(target + "/.s.PGSQL.5432", { connect(server, $0, $1) }) == 0 else {
            Foundation.close(client)
            return
        }
        let end: @Sendable () -> Void = {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }
        Thread.detachNewThread { [self] in
            Self.pump(client, server) { cut.withLock { $0 } != .statement }
            if cut.withLock({ $0 == .statement }) { noteCut() }
            end()
        }
        Thread.detachNewThread { [self] in
            Self.pump(server, client) { cut.withLock { $0 } != .answer }
            if cut.withLock({ $0 == .answer }) { noteCut() }
            end()
        }
    }

    private func noteCut() {
        cut.withLock { $0 = nil }
        hasCut.happen()
    }

    /// Copies bytes until one side closes its connection, or until `passes` returns false.
    private static func pump(_ from: Int32, _ to: Int32, _ passes: () -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(from, &buffer, buffer.count), count > 0 {
            guard passes() else { return }
            var sent = 0
            while sent < count {
                let more = buffer[sent..<count].withUnsafeBytes {
                    send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { return }
                sent += more
            }
        }
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
