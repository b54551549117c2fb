import Foundation
import TestKit
import Testing

@Suite("Commands of docs/tutorial.md", .programs)
struct TutorialTests {
    /// Runs the steps in one bash session in a folder. Stops at the first unexpected status.
    ///
    /// - Returns: the status and the output lines of each step that ran.
    private static func run(_ steps: [ConsolePage.Step], in folder: URL) throws -> [(status: Int32, lines: [String])] {
        let results = folder.appending(path: "results")
        try FileManager.default.createDirectory(at: results, withIntermediateDirectories: true)
        // Kills the background processes if the session ends early.
        var script = "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\ntrap 'exit 1' TERM\n"
        for (number, step) in steps.enumerated() {
            let path = results.appending(path: "\(number)").path()
            script += """
                {
                \(step.command)
                } >'\(path).out' 2>&1 </dev/null
                status=$?; echo $status >'\(path).status'; [ $status = \(step.status) ] || exit 0

                """
        }
        let programs = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let session = try ChildProcess(
            URL(filePath: "/bin/bash"), ["-c", script],
            environment: ["PATH": "\(BuiltBinary.folder.path()):\(programs)"], in: folder)
        _ = try session.waitUntilExit(orEndAfter: .seconds(240))
        var outcomes: [(status: Int32, lines: [String])] = []
        for number in steps.indices {
            let path = results.appending(path: "\(number)")
            guard let text = try? String(contentsOf: path.appendingPathExtension("status"), encoding: .utf8),
                let status = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
            else { break }
            let output = try Data(contentsOf: path.appendingPathExtension("out"))
            var lines = String(decoding: output, as: UTF8.self).components(separatedBy: "\n")
            if lines.last?.isEmpty == true { lines.removeLast() }
            outcomes.append((status, lines))
        }
        return outcomes
    }

    @Test("every command of the page runs and prints the documented output")
    func everyCommand() throws {
        let page = try ConsolePage(ProjectFolder.root.appending(path: "docs/tutorial.md"))
        #expect(page.files.keys.sorted() == ["callbox.yaml", "secrets.sh"])
        #expect(page.steps.count > 60)
        let bench = try Workbench()
        for (name, text) in page.files { _ = try bench.file(name, text) }
        let outcomes = try Self.run(page.steps, in: bench.folder)
        for (step, outcome) in zip(page.steps, outcomes) {
            let printed = outcome.lines.joined(separator: "\n")
            #expect(outcome.status == step.status, "$ \(step)\n\(printed)")
            guard !step.shown.isEmpty else { continue }
            #expect(
                ShownOutput.matches(step.shown, outcome.lines),
                "$ \(step)\nshown:\n\(step.shown.joined(separator: "\n"))\nprinted:\n\(printed)")
        }
        #expect(outcomes.count == page.steps.count, "the session ended early")
    }

    @Test("the commands of a session share variables, and the session ends at the first unexpected status")
    func endsEarly() throws {
        let bench = try Workbench()
        let steps: [ConsolePage.Step] = [
            .init(command: "A=1"), .init(command: "echo $A; false", status: 1), .init(command: "(exit 3)"),
            .init(command: "echo never"),
        ]
        let outcomes = try Self.run(steps, in: bench.folder)
        #expect(outcomes.map(\.status) == [0, 1, 3])
        #expect(outcomes.map(\.lines) == [[], ["1"], []])
    }

    @Test(
        "several spaces match one space, and … matches any text",
        arguments: [
            (["a b"], ["a   b "]), (["a …c"], ["a b c"]), (["…"], []), (["…"], ["x", "y"]),
            (["a", "…", "b"], ["a", "b"]), (["a", "…", "b", "…", "c"], ["a", "x", "b", "y", "z", "c"]),
            (["1…2…3"], ["1 x 2 y 3"]),
        ])
    func matches(shown: [String], printed: [String]) {
        #expect(ShownOutput.matches(shown, printed))
    }

    @Test(
        "different output does not match",
        arguments: [
            (["a b"], ["ab"]), (["a"], ["a", "b"]), (["a", "b"], ["a"]), (["a…a"], ["a"]), (["a …c"], ["a b"]),
            (["a", "…", "b"], ["a", "x"]), (["a", "…", "b", "…", "c"], ["a", "x", "c"]), (["a", "…", "a"], ["a"]),
            (["1…2…3"], ["1 y 3"]),
        ])
    func differs(shown: [String], printed: [String]) {
        #expect(!ShownOutput.matches(shown, printed))
    }
}
