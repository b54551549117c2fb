internal import Foundation

/// Lets the user edit bytes in an editor, using a private file.
package struct TextEditor {
    /// The program and its arguments, such as `code --wait`. It is started without a shell.
    private let words: [String]

    /// The editor: `$VISUAL`, else `$EDITOR`, else `vi`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let text = environment.setting("VISUAL") ?? environment.setting("EDITOR") ?? "vi"
        words = text.split(separator: " ").map(String.init)
    }

    package enum Failure: Error, Equatable {
        case noFile
        /// The editor could not be started, or it exited with an error.
        case editor(name: String)
    }

    /// Returns the bytes after the user has edited them. Removes a line break that the editor added at the end.
    ///
    /// - Parameter suffix: the end of the file's name, such as `.json`, from which the editor determines the syntax.
    package func edit(_ bytes: [UInt8], suffix: String) throws(Failure) -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "callbox-\(UUID().uuidString)")
        let file = folder.appending(path: "body\(suffix)").path()
        guard mkdir(folder.path(), 0o700) == 0 else { throw .noFile }
        defer { try? FileManager.default.removeItem(at: folder) }
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else { throw .noFile }
        guard run(file) else { throw .editor(name: words.first ?? "") }
        guard let data = FileManager.default.contents(atPath: file) else { throw .noFile }
        let edited = Array(data)
        let newline = UInt8(ascii: "\n")
        return bytes.last != newline && edited.last == newline ? edited.dropLast() : edited
    }

    /// Runs the editor on the terminal of this process. Ignores Ctrl-C meanwhile, because the editor handles it.
    private func run(_ file: String) -> Bool {
        let arguments: [UnsafeMutablePointer<CChar>?] = (words + [file]).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        guard let program = arguments[0] else { return false }
        let before = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, before) }
        var processID: pid_t = 0
        guard posix_spawnp(&processID, program, nil, nil, arguments, environ) == 0 else { return false }
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0 {
            if errno != EINTR { return false }
        }
        return status == 0
    }
}
