import Foundation
import TestKit
import Testing

@Suite("Memory under many large reports", .programs)
struct FlatMemoryAcceptanceTests {
    /// The maximum growth of the peak memory between the tenth and the fiftieth report. The measured growth is 7 MB. If
    /// bodies leaked, the growth would be 320 MB.
    private static let growthLimit = 64 << 20

    @Test("the peak memory of a server grows by less than 64 MiB between the tenth and the fiftieth report of 8 MB")
    func flat() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        try fakes.register(["klavi"], with: server)
        try deliver(10, fakes)
        let before = try Self.peak(of: server)
        try deliver(40, fakes)
        let after = try Self.peak(of: server)
        #expect(after - before < Self.growthLimit, "the peak grew from \(before) to \(after) bytes")
        #expect(after < 512 << 20, "the peak is \(after) bytes")
        _ = try fakes.bench.events(50, "--type", "pf_checking_account", "--no-quarantine")
        #expect(try fakes.reports("--type", "pf_checking_account").count == 50)
    }

    /// Sends reports. The command succeeds only if each report gets a 2xx response.
    private func deliver(_ count: Int, _ fakes: FakeBench) throws {
        try succeed(
            fakes.sandbox(
                "trigger", "klavi.pf_checking_account", "--size", "8MB", "--count", "\(count)", "--wait"))
    }

    /// The peak memory of a process, in bytes.
    private static func peak(of server: RunningServer) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(server.processID)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) * 1024
    }
}
