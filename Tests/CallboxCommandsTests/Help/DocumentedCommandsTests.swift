import Foundation
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Commands in pages and scripts")
struct DocumentedCommandsTests {
    private static let pages = [
        "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "callbox.example.yaml", "samples/README.md",
        "storage/README.md",
        "scripts/tour.sh", "scripts/demo.sh",
    ]

    /// The pages, without docs/cli.md, which is generated.
    private static func documentation() throws -> [String] {
        let below = try FileManager.default.subpathsOfDirectory(
            atPath: ProjectFolder.root.appending(path: "docs").path())
        return pages + below.filter { $0.hasSuffix(".md") && $0 != "cli.md" }.map { "docs/" + $0 }
    }

    @Test("every command in pages and scripts exists")
    func everyCommandExists() throws {
        let command = #/(?:^|[`$"'(] ?|bin\/)callbox"? ([a-z][a-z-]*(?: [a-z][a-z-]*)*)/#.anchorsMatchLineEndings()
        var count = 0
        for page in try Self.documentation() {
            let text = try String(contentsOf: ProjectFolder.root.appending(path: page), encoding: .utf8)
            for match in text.matches(of: command) {
                let words = match.1.split(separator: " ").map(String.init)
                count += 1
                if words.first == "help", words.count == 2, HelpTopic(rawValue: words[1]) != nil { continue }
                let path = CommandPath(words)
                #expect(path.unknown == nil, "\(page): callbox \(match.1)")
            }
        }
        #expect(count > 100)
    }
}
