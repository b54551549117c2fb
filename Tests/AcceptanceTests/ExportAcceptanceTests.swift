import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Export and import", .programs)
struct ExportAcceptanceTests {
    /// The lines of an export without the IDs, because IDs differ between archives.
    private static func records(_ text: String) -> [String] {
        text.split(separator: "\n").map { String($0).replacing(/"(id|firstId)":[0-9]+,/, with: "") }
    }

    @Test("with and without a server, an import restores every delivery exactly, and a second import adds no delivery")
    func thereAndBack() throws {
        let (bench, other) = (try Workbench(), try Workbench())
        let server = try bench.serve()
        #expect(try deliver(to: server).status == 0)
        let lines = bench.folder.appending(path: "x.ndjson").path()
        let har = bench.folder.appending(path: "x.har").path()
        #expect(try bench.callbox("export", "--output", lines).status == 0)
        #expect(try bench.callbox("export", "--format", "har", "-o", har).status == 0)
        #expect(try server.stop() == 0)
        let original = Self.records(try bench.callbox("export").text)
        #expect(!original.isEmpty)
        #expect(Self.records(try String(contentsOfFile: lines, encoding: .utf8)) == original)

        let first = try other.callbox("import", lines)
        #expect(first.status == 0, "\(first.error)")
        #expect(Self.records(try other.callbox("export").text) == original)
        let served = try Workbench()
        let second = try served.serve()
        #expect(try served.callbox("import", har).status == 0)
        let again = try served.callbox("import", lines)
        #expect(again.text.hasPrefix("imported 0 deliveries"))
        #expect(try second.stop() == 0)
        #expect(Self.records(try served.callbox("export").text) == original)
        #expect(try served.callbox("archive", "verify").status == 0)
    }

    @Test("--resume continues an export after its last complete line")
    func resumes() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event", "ezid/redirect-login-hint"], to: server).status == 0)
        let whole = try bench.callbox("export").text
        let path = try bench.file("x.ndjson", String(whole.dropLast(50)))
        #expect(try bench.callbox("export", "--output", path).status == 73)
        #expect(try bench.callbox("export", "--output", path, "--resume").status == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == whole)
        #expect(try server.stop() == 0)
    }

    @Test("a bulk replay needs --yes, sends each report once, oldest first, and records each replay")
    func replays() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        let samples = ["klavi/link-created-event", "klavi/link-created-event", "ezid/redirect-login-hint"]
        for sample in samples { #expect(try deliver([sample], to: server).status == 0) }
        let receiver = try RunningServer("callbox-sandbox", ["receive", "--count", "2", "--timeout", "30"])
        #expect(try bench.callbox("replay", "--to", receiver.url).status == 64)
        let preview = try bench.callbox("replay", "--everything", "--to", receiver.url)
        #expect(preview.status == 64)
        #expect(preview.text.contains("2 deliveries"))
        let sent = try bench.callbox("replay", "--everything", "--to", receiver.url, "--yes")
        #expect(sent.status == 0, "\(sent.error)")
        #expect(sent.text.hasPrefix("sent 2 deliveries"))
        let seen = receiver.remainingOutput()
        #expect(try receiver.waitUntilExit() == 0)
        let (post, get) = (try #require(seen.range(of: "POST ")), try #require(seen.range(of: "GET ")))
        #expect(post.lowerBound < get.lowerBound)
        for (id, count) in [("1", 1), ("2", 0), ("3", 1)] {
            let shown = try bench.callbox("show", id, "--format", "json")
            let replays = try JSONDocument(parsing: Array(shown.text.utf8.dropLast())).root["replays"]
            #expect(Array(try #require(replays).elements).count == count)
        }
        #expect(try server.stop() == 0)
    }

    @Test("a prune by filters on a running server removes the bodies of matching deliveries, except held bodies")
    func prunes() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        for sample in ["klavi/link-created-event", "klavi/whitelabel-redirect", "ezid/redirect-login-hint"] {
            #expect(try deliver([sample], to: server).status == 0)
        }
        #expect(try bench.callbox("hold", "add", "2", "--reason", "claim").status == 0)
        let dry = try bench.callbox("archive", "prune", "--provider", "klavi", "--dry-run", "--format", "ndjson")
        #expect(dry.lines.count == 1 && dry.text.contains(#""id":1,"#))
        #expect(try bench.callbox("show", "1", "--body").status == 0)
        let pruned = try bench.callbox("archive", "prune", "--provider", "klavi", "--reason", "erasure", "--yes")
        #expect(pruned.text.hasPrefix("pruned 1 body"))
        #expect(try bench.callbox("show", "1", "--body").status == 1)
        #expect(try bench.callbox("show", "1", "--body").error.contains("erasure"))
        #expect(try bench.callbox("show", "2", "--body").status == 0)
        #expect(try server.stop() == 0)
        #expect(try bench.callbox("archive", "verify").status == 0)
    }
}
