.class public Lcom/secneo/apkwrapper/AW;
.super Landroid/app/Application;

.method static constructor <clinit>()V
    .registers 1
    const-string v0, "DexHelper"
    invoke-static {v0}, Ljava/lang/System;->loadLibrary(Ljava/lang/String;)V
    return-void
.end method

.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Application;-><init>()V
    return-void
.end method
