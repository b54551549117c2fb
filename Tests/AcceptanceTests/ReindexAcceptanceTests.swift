import Foundation
import TestKit
import Testing

@Suite("Reindex")
struct ReindexAcceptanceTests {
    @Test("changed routes hold for the past after a reindex, with and without a server", arguments: [true, false])
    func changedRoutes(isServing: Bool) throws {
        let bench = try Workbench()
        let first = try bench.serve()
        #expect(try deliver(to: first).status == 0)
        #expect(first.stop() == 0)
        let changed = try bench.file(
            "changed.yaml", "sources:\n  klavi:\n    verify: none\n    routes: {all: everything}")
        let server = isServing ? try bench.serve(configuration: changed) : nil
        let reindexed = try bench.callbox("archive", "reindex", configuration: changed)
        #expect(reindexed.status == 0, "\(reindexed.error)")
        let listed = try bench.callbox(
            "list", "--all", "--format", "ndjson", "--topic", "everything", configuration: changed)
        #expect(listed.lines.count == 10)
        #expect(try bench.callbox("list", "--topic", "checking", "--format", "json").text == "[]\n")
        if let server { #expect(server.stop() == 0) }
    }

    @Test("a reindex with the same configuration gives the same reports")
    func sameRows() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(to: server).status == 0)
        let before = try bench.callbox("list", "--all", "--format", "ndjson")
        #expect(try bench.callbox("archive", "reindex").status == 0)
        let after = try bench.callbox("list", "--all", "--format", "ndjson")
        #expect(before.text == after.text)
        #expect(before.lines.count > 20)
    }
}
