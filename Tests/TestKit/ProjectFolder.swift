package import Foundation

/// Places in the checkout that the tests run in.
package enum ProjectFolder {
    /// Where Package.swift is.
    package static let root: URL = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package static let samples = root.appending(path: "samples")
}
