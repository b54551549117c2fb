internal import Foundation

/// The folder with the cases, as samples/README.md describes it.
package struct SampleFolder: Sendable {
    private let path: String

    package init(path: String) {
        self.path = path
    }

    /// The cases with these names, in this order and as often as they are named; all, in order of name, where none is.
    package func cases(named names: [String]) throws(SandboxFailure) -> [SampleCase] {
        let known = try caseNames()
        var cases: [SampleCase] = []
        for name in names.isEmpty ? known : names {
            // Only what was found in the folder is opened, so that no name leads elsewhere.
            guard known.contains(name) else { throw .unknownCase(name: name, folder: path) }
            cases.append(try read(name))
        }
        return cases
    }

    /// Every folder with a request.http two levels down.
    package func caseNames() throws(SandboxFailure) -> [String] {
        guard let providers = folderNames(in: path) else { throw .missingFile(path: path) }
        let names = providers.flatMap { provider in
            (folderNames(in: "\(path)/\(provider)") ?? [])
                .map { "\(provider)/\($0)" }
                .filter { FileManager.default.fileExists(atPath: "\(path)/\($0)/request.http") }
        }
        guard !names.isEmpty else {
            throw .unreadableFile(path: path, problem: "it holds no <provider>/<case>/request.http")
        }
        return names.sorted()
    }

    private func read(_ name: String) throws(SandboxFailure) -> SampleCase {
        let requestPath = "\(path)/\(name)/request.http"
        let requestBytes = try InputFile.read(requestPath, byteCountLimit: InputFile.requestByteCountLimit)
        let request: SampleRequest
        do {
            request = try RequestFile.parse(requestBytes)
        } catch {
            throw .unreadableFile(path: requestPath, problem: error.rawValue)
        }
        let expectedPath = "\(path)/\(name)/expected.json"
        let expectedBytes = try InputFile.read(expectedPath, byteCountLimit: InputFile.expectedByteCountLimit)
        guard let status = JSON(parsing: expectedBytes)?["response"]?["status"]?.integer, (100...599).contains(status)
        else { throw .unreadableFile(path: expectedPath, problem: "it gives no response.status") }
        return SampleCase(name: name, request: request, expectedStatus: status)
    }

    private func folderNames(in folder: String) -> [String]? {
        try? FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
    }
}
