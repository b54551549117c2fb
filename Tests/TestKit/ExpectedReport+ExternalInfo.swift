internal import StrictJSON

extension ExpectedReport {
    /// externalInfo as JSON text, written as in expected.json.
    package var externalInfoText: String? {
        externalInfo?.rawText
    }
}
