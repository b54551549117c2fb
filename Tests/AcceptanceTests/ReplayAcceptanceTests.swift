import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Replay", .programs)
struct ReplayAcceptanceTests {
    @Test("a replay sends the delivery unchanged and is recorded in the archive, with and without a server")
    func replays() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        for isServing in [true, false] {
            if !isServing { #expect(try server.stop() == 0) }
            let body = bench.folder.appending(path: "body-\(isServing)").path()
            let receiver = try RunningServer(
                "callbox-sandbox", ["receive", "--count", "1", "--timeout", "30", "--out", body])
            let replayed = try bench.callbox("replay", "1", "--to", "\(receiver.url)/hooks/klavi?token=t0p")
            #expect(replayed.status == 0, "\(replayed.error)")
            #expect(replayed.text.contains("200"))
            #expect(!replayed.text.contains("t0p"))
            let seen = receiver.remainingOutput()
            #expect(try receiver.waitUntilExit() == 0)
            #expect(seen.contains("POST /hooks/klavi?token=t0p HTTP/1.1"))
            #expect(seen.lowercased().contains("x-klavi-signature: "))
            let sent = try Data(contentsOf: URL(filePath: body))
            #expect(Array(sent) == Sample.named("klavi/link-created-event").request.body)
        }
        let shown = try bench.callbox("show", "1", "--format", "json")
        let replays = try #require(try JSONDocument(parsing: Array(shown.text.utf8.dropLast())).root["replays"])
        #expect(Array(replays.elements).count == 2)
        #expect(replays.elements.allSatisfy { $0["status"]?.rawText == "200" })
        #expect(!shown.text.contains("t0p"))
    }

    @Test("two runs are compared, a missing run is reported, and a run that has ended cannot be resumed")
    func runs() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event", "klavi/checking-account-report"], to: server).status == 0)
        let receiver = try RunningServer("callbox-sandbox", ["receive", "--count", "4", "--timeout", "60"])
        let runs = try (0..<2).map { _ in
            #expect(try bench.callbox("replay", "1", "2", "--to", receiver.url, "--yes").status == 0)
            let listed = try bench.callbox("replay", "runs", "--limit", "1")
            return try #require(try JSONDocument(parsing: Array(listed.text.utf8.dropLast())).root["run"]?.rawText)
        }
        #expect(try receiver.waitUntilExit() == 0)
        // The receiver counts its requests, so the responses differ.
        let different = try bench.callbox(["replay", "diff"] + runs)
        #expect(different.status == 1 && different.lines.count == 2 && different.error.contains("2 differ"))
        let same = try bench.callbox(["replay", "diff"] + runs + ["--ignore-name", "received"])
        #expect(same.status == 0 && same.lines.isEmpty && same.error.contains("2 differences ignored"))
        #expect(try bench.callbox("replay", "diff", runs[0], "latest").text == different.text)
        let absent = try bench.callbox("replay", "diff", runs[0], "99999")
        #expect(absent.status == 66 && absent.error.contains("there is no run 99999"), "\(absent.error)")
        let ended = try bench.callbox("replay", "--resume", runs[0])
        #expect(ended.status == 1 && ended.error.contains("cannot be continued: it has ended"), "\(ended.error)")
        let dropped = try bench.callbox(
            "replay", "1", "2", "--fault", "drop", "--to", "\(server.url)/klavi", "--yes")
        #expect(dropped.status == 0)
        #expect(dropped.text.contains("sent 0 deliveries") && !dropped.text.contains("accepted"), "\(dropped.text)")
        #expect(try server.stop() == 0)
    }

    @Test("without a server, a run is listed while its process runs and after the process was killed")
    func killed() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event", "klavi/checking-account-report"], to: server).status == 0)
        #expect(try server.stop() == 0)
        let receiver = try RawReceiver(head: "", .silent)
        let replay = try ChildProcess(
            BuiltBinary.folder.appending(path: "callbox"),
            [
                "replay", "1", "2", "--to", receiver.url(), "--yes", "--config", bench.configuration, "--archive",
                bench.archive,
            ])
        defer { replay.kill() }
        let deadline = Date(timeIntervalSinceNow: 60)
        while receiver.requestBytes.isEmpty {
            guard Date() < deadline else { throw Unsuccessful(text: "no request was sent") }
            Thread.sleep(forTimeInterval: 0.01)
        }
        for isRunning in [true, false] {
            if !isRunning {
                replay.kill()
                _ = try replay.waitUntilExit()
            }
            let listed = try bench.callbox("replay", "runs")
            #expect(listed.lines.count == 1 && listed.error == "", "\(listed.text)\(listed.error)")
            let run = try #require(try JSONDocument(parsing: Array(listed.text.utf8.dropLast())).root["run"]?.rawText)
            let shown = try bench.callbox("replay", "show", run)
            #expect(shown.status == 0, "\(shown.error)")
        }
    }

    @Test("a changed delivery is accepted by a server if it is signed again, and rejected otherwise")
    func signsAgain() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        let arguments = [
            "replay", "1", "--to", "\(server.url)/klavi", "--set", "$[0].externalInfo.nome=Ana", "--no-marks",
        ]
        let unsigned = try bench.callbox(arguments)
        #expect(unsigned.status == 1 && unsigned.text.contains("401"))
        let signed = try bench.callbox(arguments + ["--sign"])
        #expect(signed.status == 0, "\(signed.error)")
        // The changed delivery has the same event ID, so it counts as another attempt of the same report.
        let newest = try bench.callbox("list", "--attempts", "--limit", "1", "--json", "id")
        let id = try #require(try JSONDocument(parsing: Array(newest.text.utf8.dropLast())).root["id"]?.rawText)
        #expect(try bench.callbox("show", id, "--body").text.contains(#""nome":"Ana""#))
        let shown = try bench.callbox("show", "1", "--format", "json")
        let replays = try #require(try JSONDocument(parsing: Array(shown.text.utf8.dropLast())).root["replays"])
        #expect(
            replays.elements.map { $0["changes"]?.rawText } == [
                #"["$[0].externalInfo.nome"]"#, #"["$[0].externalInfo.nome"]"#,
            ])
    }

    @Test("a replay to an unreachable receiver is recorded as failed")
    func nobodyThere() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        // Starts and stops a receiver, so no process listens at its port.
        let other = try RunningServer("callbox-sandbox", ["receive", "--timeout", "30"])
        let port = other.port
        other.kill()
        let replayed = try bench.callbox("replay", "1", "--to", "http://127.0.0.1:\(port)/")
        #expect(replayed.status == 1)
        #expect(replayed.error.contains("connection refused"))
        let shown = try bench.callbox("show", "1", "--format", "json")
        #expect(shown.text.contains("connection refused"))
        let again = ["replay", "1", "--failed", "--to", "\(server.url)/klavi", "--yes", "--no-marks"]
        #expect(try bench.callbox(again).text.contains("→ 200"))
        let nothingLeft = try bench.callbox(again)
        #expect(nothingLeft.status == 0 && nothingLeft.error.contains("no delivery to send"))
    }

    @Test("a dry run sends no request, and wrong URLs and IDs are rejected")
    func dryRun() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        let dry = try bench.callbox("replay", "1", "--to", "http://127.0.0.1:1/x", "--dry-run")
        #expect(dry.status == 0)
        #expect(dry.text.contains("nothing was sent"))
        #expect(dry.text.contains("X-Klavi-Signature: [masked]"))
        for url in ["ftp://127.0.0.1/", "127.0.0.1", "http://", ""] {
            #expect(try bench.callbox("replay", "1", "--to", url).status == 64, "\(url)")
        }
        #expect(try bench.callbox("replay", "7", "--to", "http://127.0.0.1:1/").status == 1)
        let report = try bench.callbox("replay", "1.9", "--to", "http://127.0.0.1:1/")
        #expect(report.status == 1)
        #expect(report.error.contains("delivery 1 has no report 9"))
        let rejected = try bench.callbox("replay", "q1", "--to", "http://127.0.0.1:1/")
        #expect(rejected.status == 64)
        #expect(rejected.error.contains("callbox quarantine"))
    }
}

@Suite("Reindex", .programs)
struct ReindexAcceptanceTests {
    @Test(
        "a reindex applies changed routes to earlier deliveries, with and without a server", arguments: [true, false])
    func changedRoutes(isServing: Bool) throws {
        let bench = try Workbench()
        let first = try bench.serve()
        #expect(try deliver(to: first).status == 0)
        #expect(try first.stop() == 0)
        let changed = try bench.file(
            "changed.yaml", "sources:\n  klavi:\n    verify: none\n    routes: {all: everything}")
        let server = isServing ? try bench.serve(configuration: changed) : nil
        let reindexed = try bench.callbox("archive", "reindex", configuration: changed)
        #expect(reindexed.status == 0, "\(reindexed.error)")
        let listed = try bench.callbox(
            "list", "--all", "--format", "ndjson", "--topic", "everything", configuration: changed)
        #expect(listed.lines.count == 10)
        #expect(try bench.callbox("list", "--topic", "checking", "--format", "json").text == "[]\n")
        if let server { #expect(try server.stop() == 0) }
    }
}
