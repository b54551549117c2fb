import Foundation
import TestKit
import Testing

@testable import CallboxServer

@Suite("systemd", .offPool)
struct SystemdTests {
    /// A datagram socket that receives messages in place of systemd's socket.
    private final class Receiver {
        let descriptor: Int32

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(path.utf8)
            if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(2 + bytes.count)
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
            }
            try #require(isBound)
        }

        deinit { close(descriptor) }

        /// The next datagram; nil if there is none.
        func next() -> String? {
            var buffer = [UInt8](repeating: 0, count: 512)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }

    @Test("the state is sent to a socket with a path and to an abstract socket", arguments: [false, true])
    func notifications(isAbstract: Bool) throws {
        try TemporaryFolder.with { folder in
            let path = isAbstract ? "@callbox-test-\(UUID().uuidString)" : folder.path(of: "notify")
            let receiver = try Receiver(path)
            let manager = ServiceManager(environment: ["NOTIFY_SOCKET": path])
            manager.ready()
            #expect(receiver.next()?.hasPrefix("READY=1\n") == true)
            manager.reloading()
            let reloading = try #require(receiver.next())
            let time = try #require(reloading.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=([0-9]+)/)?.1)
            #expect(Int64(time) ?? 0 > 0)
            manager.stopping()
            #expect(receiver.next()?.hasPrefix("STOPPING=1\n") == true)
            manager.watchdog()
            #expect(receiver.next() == "WATCHDOG=1")
            #expect(receiver.next() == nil)
        }
    }

    @Test("no message is sent without a socket, or if the socket does not exist or its path is too long")
    func noSocket() {
        for path in ["", "/nowhere/notify", String(repeating: "x", count: 200)] {
            ServiceManager(environment: ["NOTIFY_SOCKET": path]).ready()
        }
        ServiceManager(environment: [:]).stopping()
    }

    @Test(
        "if systemd watches this process, watchdog messages are sent at half the interval",
        arguments: [
            (["WATCHDOG_USEC": "60000000"], Duration.seconds(30)),
            (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"], .seconds(30)),
            (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "-5"], nil), (["WATCHDOG_USEC": "x"], nil), ([:], nil),
        ] as [([String: String], Duration?)])
    func watchdog(environment: [String: String], interval: Duration?) {
        #expect(ServiceManager(environment: environment, processID: 7).watchdogInterval == interval)
    }

    @Test("inherited sockets are found by name, and other descriptors are ignored")
    func sockets() {
        func read(_ environment: [String: String], listening: Set<Int32> = [1000, 1001, 1002]) -> String {
            let sockets = InheritedSockets(
                environment: environment, processID: 7, first: 1000, isListening: { listening.contains($0) })
            return "\(sockets.main) \(sockets.admin.map(String.init) ?? "-")"
        }
        let two = ["LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "admin:http"]
        #expect(read(two) == "[1001] 1000")
        #expect(read(two, listening: [1000]) == "[] 1000")
        #expect(read(["LISTEN_PID": "7", "LISTEN_FDS": "1"]) == "[1000] -")
        #expect(read(["LISTEN_PID": "7", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "a:b:c"]) == "[1000, 1001, 1002] -")
        for other in [
            ["LISTEN_FDS": "1"], ["LISTEN_PID": "8", "LISTEN_FDS": "1"], ["LISTEN_PID": "7", "LISTEN_FDS": "0"],
            ["LISTEN_PID": "7", "LISTEN_FDS": "99999"], ["LISTEN_PID": "7", "LISTEN_FDS": "x"],
        ] { #expect(read(other) == "[] -") }
    }
}
