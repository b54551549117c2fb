import Foundation
import TestKit
import Testing

@Suite("Providers' names in the source code")
struct ProviderNamesTests {
    /// The modules and folders in which providers may be named.
    private static let exempt = [
        "Providers/", "ProviderSandbox/", "callbox-sandbox/",
        // The preset dictionary of request heads is part of the stored format.
        "BodyCompression/HeadCompression.swift",
    ]

    @Test("the archive, the server and the commands name no provider, except in examples of help texts")
    func names() throws {
        let sources = ProjectFolder.root.appending(path: "Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path()).filter { file in
            file.hasSuffix(".swift") && !Self.exempt.contains { file.hasPrefix($0) }
        }
        #expect(files.count > 300)
        for file in files {
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
                .replacing(/(discussion:|Text =|let filters =) """[\s\S]*?"""/, with: "")
                .replacing(/\w+-reference(: |\.md)/, with: "")
            let found = text.lowercased().matches(of: /klavi|certn|ezid|certificall|certilink/).map {
                String($0.output)
            }
            #expect(found.isEmpty, "\(file) names \(Set(found).sorted())")
        }
    }
}
