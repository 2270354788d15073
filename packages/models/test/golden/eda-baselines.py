"""Probabilities of linear classifiers on random features, for evaluate/baselines.ts.

Run: python eda-baselines.py     (numpy 2.4.6, scikit-learn 1.9.1, Python 3.11)
Features are standardised first. LDA: solver lsqr, equal priors. scikit-learn weighs the class covariances by the priors given (0.5, 0.5), as we do.
Logistic regression: class_weight balanced; scikit-learn minimises sum of weighted losses + |w|²/(2C), so C = 1/(n·l2) for a penalty of l2/2·|w|²
beside the mean loss.
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(7)
n = 60
labels = (rng.random(n) < 0.3).astype(int)
rows = np.round(rng.normal(size=(n, 4)) @ rng.normal(size=(4, 4)) + labels[:, None] * [0.8, -0.5, 0.3, 0] + [5, 0, 0, -2], 6)
x = (rows - rows.mean(0)) / rows.std(0)


def lda(shrinkage):
    # scikit-learn scales each class to unit variance before it shrinks and scales back; we shrink the pooled covariance itself.
    means = np.stack([x[labels == c].mean(0) for c in (0, 1)])
    cov = 0.5 * sum(np.cov(x[labels == c].T, bias=True) for c in (0, 1))
    if shrinkage == 0:
        model = LinearDiscriminantAnalysis(solver="lsqr", priors=[0.5, 0.5]).fit(x, labels)
        return model.predict_proba(x)[:, 1].tolist()
    cov = (1 - shrinkage) * cov + shrinkage * np.trace(cov) / 4 * np.eye(4)
    w = np.linalg.solve(cov, means[1] - means[0])
    return (1 / (1 + np.exp(-(x @ w - w @ (means[0] + means[1]) / 2)))).tolist()


def logistic(l2):
    model = LogisticRegression(C=1 / (n * l2), class_weight="balanced", tol=1e-10, max_iter=10000).fit(x, labels)
    return model.predict_proba(x)[:, 1].tolist()


Path(__file__).with_suffix(".json").write_text(json.dumps(
        {
            "scikit-learn": sklearn.__version__,
            "rows": rows.tolist(),
            "labels": labels.tolist(),
            "lda": [{"shrinkage": s, "probability": lda(s)} for s in (0, 0.1, 0.5)],
            "logistic": [{"l2": l, "probability": logistic(l)} for l in (0.001, 0.1)],
        }
    ) + "\n")
