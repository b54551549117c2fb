import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Following an archive", .programs)
struct TailAcceptanceTests {
    @Test("a tail survives a SIGKILL of the server, and the next tail continues where the first tail ended")
    func killedServer() async throws {
        let bench = try Workbench()
        let state = ["XDG_STATE_HOME": bench.folder.path()]
        @Sendable func tail(_ arguments: String...) throws -> [String] {
            let result = try BuiltBinary.run(
                "callbox", ["tail", "--archive", bench.archive] + arguments, environment: state)
            #expect(result.status == 0, "\(result.error)")
            return try result.lines.map { line in
                let root = try JSONDocument(parsing: Array(line.utf8)).root
                return (root["event"]?.string ?? "") + " " + (root["type"]?.string ?? "")
            }
        }
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        async let first = tail("--since", "1h", "--limit", "4", "--idle", "60s")
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        server.kill()
        let again = try bench.serve()
        #expect(try deliver(["klavi/credit-card-report"], to: again, "--wrong-signature").status == 0)
        #expect(try deliver(["klavi/credit-card-report"], to: again).status == 0)
        let seen = try await first
        // The quarantine has its own thread, so a rejected delivery may be stored after the next report.
        #expect(
            seen.filter { $0 != "quarantined " } == [
                "report link_created", "attempt link_created", "report pf_credit_card",
            ])
        #expect(seen.count == 4)
        #expect(try deliver(["klavi/legacy-income-report"], to: again).status == 0)
        #expect(try tail("--since-last", "--limit", "1") == ["report Income"])
        #expect(try tail("--since-last", "--idle", "200ms") == [])
        #expect(try again.stop() == 0)
    }
}
